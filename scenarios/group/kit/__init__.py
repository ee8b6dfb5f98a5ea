"""Trees of application-level multicast (docs/protocols/hmtp.md): started on hosts, read from packets, judged and drawn."""
