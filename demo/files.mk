# The demo: agents and their form.
