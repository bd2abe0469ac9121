"""Models: installing them, the desk through which every tab and the gateway call them, and what they occupy."""
