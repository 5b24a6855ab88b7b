locals {
  # What runs, and when. A build reads the tenant's id and none of the source's credentials.
  commands = {
    sync  = { schedule = var.sync_schedule, secrets = local.secrets }
    build = { schedule = var.build_schedule, secrets = toset(["ST_TENANT_ID"]) }
  }

  # Variables that are no secrets; an empty one is as good as none.
  environment = {
    WAREHOUSE                 = "bigquery"
    BIGQUERY_PROJECT          = var.project
    BIGQUERY_LOCATION         = var.location
    BIGQUERY_MAX_BYTES_BILLED = var.max_bytes_billed == null ? "" : format("%d", var.max_bytes_billed)
    DATASET_PREFIX            = var.dataset_prefix
    ST_TIME_ZONE              = var.time_zone
    ST_REQUESTS_PER_SECOND    = tostring(var.requests_per_second)
  }
}

resource "google_cloud_run_v2_job" "fieldmart" {
  for_each = local.commands

  name     = "${var.name}-${each.key}"
  location = var.region
  labels   = local.labels

  # It holds nothing that Terraform could not make again.
  deletion_protection = false

  template {
    labels      = local.labels
    parallelism = 1
    task_count  = 1

    template {
      service_account = google_service_account.runner.email
      timeout         = var.timeout

      # Repeating a command is always safe: what was done is found, what was not is done.
      max_retries = 1

      containers {
        image = var.image
        args  = [each.key]

        resources {
          limits = {
            cpu    = "1"
            memory = var.memory
          }
        }

        dynamic "env" {
          for_each = { for name, value in local.environment : name => value if value != "" }

          content {
            name  = env.key
            value = env.value
          }
        }

        dynamic "env" {
          for_each = each.value.secrets

          content {
            name = env.value

            value_source {
              secret_key_ref {
                secret  = google_secret_manager_secret.source[env.value].secret_id
                version = "latest"
              }
            }
          }
        }
      }
    }
  }

  depends_on = [
    google_bigquery_dataset_iam_member.edits_data,
    google_project_iam_member.runs_bigquery_jobs,
    google_secret_manager_secret_iam_member.read_by_runner,
  ]
}
