"""The running program: command line, settings, composition root, networks, runner, web."""
