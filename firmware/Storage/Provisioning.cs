using DoorController.Hal;

namespace DoorController
{
    /// <summary>
    /// Takes in what the flash tool put on the board: the files "provision" and "list0" to "list4" (PROTOCOL.md section 6). Whoever has the
    /// cable may do that. A power cut at any point leaves the files, and the next boot does it again.
    /// </summary>
    public static class Provisioning
    {
        private const string BundleFile = "provision";
        private const int CrcLength = 4;

        /// <summary>Takes the files in, if there are any; at boot, before the radio starts.</summary>
        /// <returns>True when a bundle was taken.</returns>
        public static bool Run(Board board, DoorMemory memory, BlobIntake intake, byte[] buffer)
        {
            int count = board.Files.Read(BundleFile, 0, buffer, 0, Keyring.MaxLength + CrcLength) - CrcLength;
            if (count < Keyring.HeaderLength || board.Crypto.Crc32(buffer, 0, count) != Bytes.U32(buffer, count)
                || IsOlder(memory.Keyring, buffer) || !memory.Keyring.Replace(buffer, 0, count, true))
            {
                return false;
            }

            memory.Bind();
            for (int slot = 0; slot < Limits.Scopes; slot++)
            {
                TakeList(board, memory, intake, buffer, "list" + slot.ToString());
            }

            board.Files.Delete(BundleFile);
            return true;
        }

        /// <summary>A file that flash could not delete must not take back, boot after boot, what a key update brought since.</summary>
        private static bool IsOlder(Keyring keyring, byte[] bundle)
        {
            return keyring.DoorId == Bytes.U32(bundle, Keyring.DoorIdOffset) && Bytes.U32(bundle, Keyring.VersionOffset) < keyring.Version;
        }

        private static void TakeList(Board board, DoorMemory memory, BlobIntake intake, byte[] buffer, string name)
        {
            int count = board.Files.Read(name, 0, buffer, 0, buffer.Length);
            if (count <= 0)
            {
                return;
            }

            int state = intake.Take(buffer, 0, count, board.Clock.NowMs);
            for (int step = 0; state == CarryState.Judging && step < Limits.StepsOfOneList; step++)
            {
                memory.FlashStep(board.Clock.NowMs);
                state = intake.Settle();
            }

            if (state != CarryState.Broken && state != CarryState.Judging)
            {
                board.Files.Delete(name);
            }
        }
    }
}
