variable "region" {
  type    = string
  default = "eu"
}
locals {
  prefix = "shop"
  tags = { a = 1 }
}
resource "aws_s3_bucket" "logs" {
  bucket = "${local.prefix}-logs"
  versioning { enabled = true }
}
data "aws_ami" "base" {}
module "till" {
  source = "./modules/till"
}
output "url" { value = 1 }
provider "aws" { region = var.region }
