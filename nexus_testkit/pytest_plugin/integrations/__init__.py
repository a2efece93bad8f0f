"""What other plugins that run coroutines must know, or must not do, when a test uses `nexus`.

A test in a world is run by this plugin whichever of them is installed and whatever mark it has, and so are its
function-scoped async fixtures: there is one loop for all of them, and it ends after them.
"""
