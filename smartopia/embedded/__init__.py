"""A broker and a database of our own, for machines that have none configured."""
