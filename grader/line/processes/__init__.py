"""The running station's processes, each of which may die without harm, and the links between them."""
