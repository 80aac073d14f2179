"""The instructor's batch grader: many submissions, in a sandbox, resumable, nothing lost."""
