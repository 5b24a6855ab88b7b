variable "project" {
  description = "Id of the Google Cloud project that holds the datasets, the jobs and the secrets."
  type        = string

  validation {
    condition     = can(regex("^([a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "Give the id of a project, for example acme-data-1234 (not its name or number)."
  }
}

variable "region" {
  description = "Region of the Cloud Run jobs and of the scheduler. Choose one inside, or near, the location of the datasets."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "Give a region of Cloud Run, for example us-central1."
  }
}

variable "location" {
  description = "Location of the datasets: US, EU or a region. It cannot be changed later."
  type        = string
  default     = "US"

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{1,39}$", var.location))
    error_message = "Give a location of BigQuery, for example US, EU or us-central1."
  }
}

variable "dataset_prefix" {
  description = "Put before the name of each dataset, for example acme_; one prefix a tenant keeps tenants apart (see docs/scaling.md). Empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([A-Za-z][A-Za-z0-9_]{0,99})?$", var.dataset_prefix))
    error_message = "Start with a letter and use only letters, digits and underscores, 100 at most; or leave it empty."
  }
}

variable "name" {
  description = "Begins the names of the service accounts, secrets, jobs and schedules: give each tenant its own."
  type        = string
  default     = "fieldmart"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,18}[a-z0-9]$", var.name))
    error_message = "Use 4 to 20 lower-case letters, digits and dashes, beginning with a letter."
  }
}

variable "image" {
  description = "The container image, built from deploy/Dockerfile, best named by its digest: REGION-docker.pkg.dev/PROJECT/REPOSITORY/fieldmart@sha256:…"
  type        = string

  validation {
    condition     = can(regex("^[^\\s:@]+[:@][^\\s]+$", var.image)) && !endswith(var.image, ":latest")
    error_message = "Name the image with a tag or a digest, and not the tag latest: a job should run what was deployed."
  }
}

variable "time_zone" {
  description = "The tenant's time zone (IANA name): dates in the marts are local dates of this zone, and the schedules are read in it."
  type        = string
  default     = "America/Phoenix"

  validation {
    condition     = can(regex("^[A-Za-z]+(/[A-Za-z0-9_+-]+)*$", var.time_zone))
    error_message = "Give an IANA time zone, for example America/Phoenix."
  }
}

variable "sync_schedule" {
  description = "When to sync, in cron's form and the tenant's time zone. Default: every hour, which is past BigQuery's free tier; docs/scaling.md has the price of each interval."
  type        = string
  default     = "5 * * * *"

  validation {
    condition     = length(split(" ", var.sync_schedule)) == 5
    error_message = "Give the five fields of cron, for example 5 * * * *."
  }
}

variable "build_schedule" {
  description = "When to build the models, in cron's form and the tenant's time zone. Snapshots are those of the day's last build."
  type        = string
  default     = "15 5 * * *"

  validation {
    condition     = length(split(" ", var.build_schedule)) == 5
    error_message = "Give the five fields of cron, for example 15 5 * * *."
  }
}

variable "requests_per_second" {
  description = "Requests to the source a second, at most. Its limit is 60 for an application, over all its tenants: divide it among jobs that run at once."
  type        = number
  default     = 15

  validation {
    condition     = var.requests_per_second > 0 && var.requests_per_second <= 60
    error_message = "Must be above 0 and at most 60."
  }
}

variable "max_bytes_billed" {
  description = "The most bytes that one query job may be billed; null for no cap. Default: 10 GiB."
  type        = number
  default     = 10737418240

  validation {
    condition     = try(var.max_bytes_billed >= 10485760, var.max_bytes_billed == null)
    error_message = "Must be at least 10485760, the least that a query is billed, or null."
  }
}

variable "memory" {
  description = "Memory of a job. What is fetched and not yet stored counts too: Cloud Run keeps files in memory."
  type        = string
  default     = "2Gi"

  validation {
    condition     = can(regex("^[0-9]+(Mi|Gi)$", var.memory))
    error_message = "Give a size such as 512Mi or 2Gi."
  }
}

variable "timeout" {
  description = "How long one run may take, in seconds. A run that is cut short goes on where it stopped when it is repeated."
  type        = string
  default     = "3600s"

  validation {
    condition     = can(regex("^[0-9]+s$", var.timeout))
    error_message = "Give seconds, for example 3600s."
  }
}

variable "labels" {
  description = "Labels of everything that takes labels, for example for Google's cost reports."
  type        = map(string)
  default     = {}

  validation {
    condition = alltrue([
      for name, value in var.labels :
      can(regex("^[a-z][a-z0-9_-]{0,62}$", name)) && can(regex("^[a-z0-9_-]{0,63}$", value))
    ])
    error_message = "Names and values have lower-case letters, digits, dashes and underscores, 63 at most; a name begins with a letter."
  }
}
