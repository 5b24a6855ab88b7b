resource "google_cloud_scheduler_job" "fieldmart" {
  for_each = local.commands

  name        = "${var.name}-${each.key}"
  description = "fieldmart ${each.key}"
  region      = var.region
  schedule    = each.value.schedule
  time_zone   = var.time_zone

  # The job itself is repeated when it fails; this repeats only the call that starts it.
  retry_config {
    retry_count = 3
  }

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.fieldmart[each.key].id}:run"

    oauth_token {
      service_account_email = google_service_account.scheduler.email
    }
  }

  depends_on = [google_cloud_run_v2_job_iam_member.starts_jobs]
}
