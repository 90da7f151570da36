"""What turns texts into vectors of meaning. Imports no Rasa; the package itself imports nothing, so that its parts load one by one."""
