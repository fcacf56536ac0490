"""Who asks: everything HTTP and the command line."""
