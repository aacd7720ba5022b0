"""What there is to measure at one place and time, a file a subject; `View` has all of it."""
