output "datasets" {
  description = "The datasets, by the names that fieldmart's SQL gives them."
  value       = { for name, dataset in google_bigquery_dataset.fieldmart : name => dataset.dataset_id }
}

output "secrets" {
  description = "Secrets that want a value each, by the variable that they become."
  value       = { for name, secret in google_secret_manager_secret.source : name => secret.secret_id }
}

output "jobs" {
  description = "The Cloud Run jobs, by command."
  value       = { for command, job in google_cloud_run_v2_job.fieldmart : command => job.name }
}

output "runner" {
  description = "The service account that reads the source and writes the datasets."
  value       = google_service_account.runner.email
}
