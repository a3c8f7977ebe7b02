"""Prints the sources of the test cells from IPython's history, from linecache and from the main module."""
# group: stealing
# honest: all
# %% + end
import linecache
import re

shell = get_ipython()
places = [str(In), str(shell.history_manager.input_hist_raw), str(linecache.cache), str(vars(shell.history_manager))]
places += [str(dict(globals())), str(shell.user_ns)]
for text in places:
    print(set(re.findall(r"canary-\w+-\w{16}", text)))
%history -o
