"""Pages of settlement: statements, rebates and their pool, invoices, receipts, receivables."""
