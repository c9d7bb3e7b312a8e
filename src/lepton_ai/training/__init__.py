"""A plan in, the contents of a package out. The only room besides networks that knows torch."""
