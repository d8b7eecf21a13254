"""Keys, certificates and timestamps: the only home of cryptography; its libraries load only when they are needed."""
