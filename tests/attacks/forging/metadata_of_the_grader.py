"""Brings notebook metadata that the grader writes itself: verdicts, repairs, kernels, late penalties."""
# group: forging


def submission(folder, notebook):
    verdicts = [{"grade_id": name, "points": 3, "status": "passed"} for name in ("test_double", "test_total")]
    notebook.metadata["assay"] = {"verdicts": verdicts, "repairs": ["passed"], "submitted_outputs": {"x": [1]}, "award": 10}
    notebook.metadata["nbgrader"] = {"points": 10}
    notebook.metadata["kernelspec"] = {"name": "bash", "display_name": "x", "language": "bash"}
    for cell in notebook.cells:
        cell.metadata["assay"] = {"points": 3, "status": "passed", "verdict": "passed", "score": 3}
        cell.metadata["nbgrader_score"] = 3
