namespace DoorController.Wire
{
    /// <summary>First bytes of the blobs of PROTOCOL.md section 6. Never reused.</summary>
    public static class BlobType
    {
        /// <summary>List: the revocations of a scope.</summary>
        public const int List = 1;

        /// <summary>Key update: a newer bundle, sealed.</summary>
        public const int KeyUpdate = 2;

        /// <summary>Time token.</summary>
        public const int TimeToken = 3;

        /// <summary>Acknowledgement of audit records.</summary>
        public const int Acknowledgement = 4;

        /// <summary>Audit page, sealed.</summary>
        public const int AuditPage = 5;

        /// <summary>Sync request, sealed.</summary>
        public const int SyncRequest = 6;

        /// <summary>Sync reply, sealed.</summary>
        public const int SyncReply = 7;

        /// <summary>Floor reset.</summary>
        public const int FloorReset = 8;

        /// <summary>Bundle in clear: on flash and in the provisioning file only.</summary>
        public const int Bundle = 9;
    }
}
