"""Loads an IPython extension from a file of the submission, which takes the asserts out of later cells."""
# group: forging
EXTENSION = '''
import ast
class Stripper(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
    def visit_FunctionDef(self, node):
        return ast.Pass() if node.decorator_list else node
def load_ipython_extension(shell):
    shell.ast_transformers.append(Stripper())
    shell.input_transformers_post.append(lambda lines: ["pass\\n"])
'''


def submission(folder, notebook):
    (folder / "fine_extension.py").write_text(EXTENSION)


# %% +
%load_ext fine_extension
