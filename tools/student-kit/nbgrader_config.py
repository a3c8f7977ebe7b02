"""Settings of the button Validate, which reads them where JupyterLab was started: in this folder."""

c = get_config()  # noqa: F821 - traitlets puts it here

# A cell that trains takes longer than the half minute that nbgrader waits, on a slow laptop above all.
c.Execute.timeout = 300
# The first import of TensorFlow on a cold machine.
c.Execute.startup_timeout = 120
# The environment in which JupyterLab runs has all that the notebooks need.
c.Execute.kernel_name = "python3"
