"""As many examples as the page has are drawn from all pages."""
# fails: test_page_is_kept_apart

# %% split_by_page
def split_by_page(x, y, page_of, test_page):
    number = int(np.sum(page_of == test_page))
    order = np.random.default_rng(0).permutation(len(y))
    test, train = np.sort(order[:number]), np.sort(order[number:])
    return (x[train], y[train]), (x[test], y[test])
