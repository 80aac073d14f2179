"""What runs in the reader's browser: the project, its clients, and the lab's own grader."""
