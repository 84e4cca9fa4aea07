"""Calendar files that nobody vouches for, read in a child process with limits. Rooms say what they look for in them."""
