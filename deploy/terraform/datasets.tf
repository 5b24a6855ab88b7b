locals {
  # The datasets of fieldmart, as its SQL names them.
  datasets = {
    st_raw   = "the records of the source as they were received, with typed columns"
    st_ref   = "reference tables that the models read"
    st_dim   = "jobs and invoices with their names and units"
    st_mart  = "the KPIs and the records that count in them"
    st_ops   = "control rows, ledger, runs, builds, rejects and drift; no content of records"
    st_stage = "staging and builds under way; each table is dropped, or expires after three days"
  }

  labels = merge({ application = "fieldmart" }, var.labels)
}

resource "google_bigquery_dataset" "fieldmart" {
  for_each = local.datasets

  dataset_id  = "${var.dataset_prefix}${each.key}"
  description = "fieldmart: ${each.value}"
  location    = var.location
  labels      = local.labels

  # Three days: long enough to look at what a failed run left.
  default_table_expiration_ms = each.key == "st_stage" ? 259200000 : null

  # The tables in them are fieldmart's. A dataset that holds any is not destroyed.
  delete_contents_on_destroy = false

  depends_on = [google_project_service.needed]
}
