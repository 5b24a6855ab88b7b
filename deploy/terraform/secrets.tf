locals {
  # Variables whose values stand in Secret Manager. Values are added by hand (see the README): none is in Terraform's
  # state.
  secrets = toset(["ST_CLIENT_ID", "ST_CLIENT_SECRET", "ST_APP_KEY", "ST_TENANT_ID"])
}

resource "google_secret_manager_secret" "source" {
  for_each = local.secrets

  secret_id = "${var.name}-${lower(replace(each.value, "_", "-"))}"
  labels    = local.labels

  replication {
    auto {}
  }

  depends_on = [google_project_service.needed]
}

resource "google_secret_manager_secret_iam_member" "read_by_runner" {
  for_each = google_secret_manager_secret.source

  secret_id = each.value.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.runner.member
}
