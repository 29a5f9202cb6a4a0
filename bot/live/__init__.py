"""The live page: a read-only view of the plan for the big screen and the phone, served beside the webhook."""
