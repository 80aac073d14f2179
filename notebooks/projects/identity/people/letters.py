"""What is nobody else's business."""

LETTERS = {
    "ada": ["From Grace: the compiler is ready, tell nobody."],
    "grace": ["From Ada: the engine can weave numbers."],
}
