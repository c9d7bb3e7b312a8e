"""What every room agrees on: errors, registries, files, settings, plans and progress."""
