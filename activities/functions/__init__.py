"""The host of Python Lambda handlers: finds them in a folder and runs each in processes of its own."""
