"""The names of `nexus.*`: what the kit supplies where the installed platform lacks it."""
