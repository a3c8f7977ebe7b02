"""Forgets all names, deletes modules and turns off the kernel's own machinery by magics."""
# group: breaking
# seconds: 12
# honest: total answer mapped tally countdown
# %% + double
%reset -f
%xmode Minimal
%load_ext autoreload
%autoreload 2
# %% + double
%%capture
print("nobody sees this")
# %% + double
%%javascript
alert(1)
# %% + double
%%bash
echo from the shell; kill -STOP $$ & exit 3
# %% + double
import numpy as np
