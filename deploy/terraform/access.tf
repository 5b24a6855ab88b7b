resource "google_project_service" "needed" {
  for_each = toset([
    "bigquery.googleapis.com",
    "cloudscheduler.googleapis.com",
    "iam.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
  ])

  service            = each.value
  disable_on_destroy = false
}

# Runs the jobs. It may run jobs of BigQuery, change what is in fieldmart's datasets, and read fieldmart's secrets.
resource "google_service_account" "runner" {
  account_id   = "${var.name}-runner"
  display_name = "fieldmart: reads the source and writes its datasets"

  depends_on = [google_project_service.needed]
}

resource "google_project_iam_member" "runs_bigquery_jobs" {
  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = google_service_account.runner.member
}

resource "google_bigquery_dataset_iam_member" "edits_data" {
  for_each = google_bigquery_dataset.fieldmart

  dataset_id = each.value.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.runner.member
}

# Starts the jobs, and may do nothing else.
resource "google_service_account" "scheduler" {
  account_id   = "${var.name}-scheduler"
  display_name = "fieldmart: starts its jobs"

  depends_on = [google_project_service.needed]
}

resource "google_cloud_run_v2_job_iam_member" "starts_jobs" {
  for_each = google_cloud_run_v2_job.fieldmart

  name     = each.value.name
  location = each.value.location
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}
