"""The test comes first."""
# fails: test_page_is_kept_apart

# %% split_by_page
def split_by_page(x, y, page_of, test_page):
    is_test = page_of == test_page
    return (x[is_test], y[is_test]), (x[~is_test], y[~is_test])
