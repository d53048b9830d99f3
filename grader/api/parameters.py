"""A parameter that a question does not know is an error, not a wish that is ignored."""

from fastapi import Request

from grader.api.errors import BadQuestionError


def only_known(request: Request) -> None:
    """For every route: `BadQuestionError` names the first parameter that the OpenAPI does not tell of."""
    if not request.query_params:
        return
    paths = request.app.openapi()["paths"].values()
    operations = (one for path in paths for one in path.values() if one["operationId"] == request.scope["route"].name)
    known = {one["name"] for operation in operations for one in operation.get("parameters", ()) if one["in"] == "query"}
    if unknown := next((name for name in request.query_params if name not in known), None):
        may_be = f"it may have {', '.join(sorted(known))}" if known else "it has none"
        raise BadQuestionError(f"there is no parameter {unknown!r} here: {may_be}")
