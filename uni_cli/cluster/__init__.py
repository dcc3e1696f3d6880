"""Many machines for one run: Dask's workers send and collect, and the ledger stays where the run was begun."""
