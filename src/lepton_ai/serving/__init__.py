"""A package behind HTTP: raw ASGI on uvicorn, without PyTorch.

`app.create_app` makes the ASGI application, `server.run_server` runs it, `client.Client` talks to it.
Nothing is imported here, so that a server never loads the client's libraries.
"""
