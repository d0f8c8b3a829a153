using DoorController.Access;
using DoorController.Hal;
using DoorController.Memory;
using DoorController.Wire;

namespace DoorController.Sync
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
        public static void Run(Board board, DoorMemory memory, BlobIntake intake, byte[] buffer)
        {
            int count = board.Files.Read(BundleFile, 0, buffer, 0, BundleForm.MaxLength + CrcLength) - CrcLength;
            if (count < BundleForm.HeaderLength || board.Crypto.Crc32(buffer, 0, count) != Bytes.U32(buffer, count)
                || IsOlder(memory.Keyring, buffer) || !memory.Keyring.Replace(buffer, 0, count, true))
            {
                return;
            }

            memory.Bind();
            if (TakeLists(board, memory, intake, buffer))
            {
                board.Files.Delete(BundleFile);
            }
        }

        private static bool TakeLists(Board board, DoorMemory memory, BlobIntake intake, byte[] buffer)
        {
            bool isDone = true;
            for (int slot = 0; slot < Limits.Scopes; slot++)
            {
                isDone &= TakeList(board, memory, intake, buffer, "list" + slot.ToString());
            }

            return isDone;
        }

        /// <summary>A file that flash could not delete must not take back, boot after boot, what a key update brought since.</summary>
        private static bool IsOlder(Keyring keyring, byte[] bundle)
        {
            return keyring.DoorId == Bytes.U32(bundle, BundleForm.DoorIdOffset) && Bytes.U32(bundle, BundleForm.VersionOffset) < keyring.Version;
        }

        /// <returns>False when flash did not take the list: the next boot tries again.</returns>
        private static bool TakeList(Board board, DoorMemory memory, BlobIntake intake, byte[] buffer, string name)
        {
            int count = board.Files.Read(name, 0, buffer, 0, buffer.Length);
            if (count <= 0)
            {
                return true;
            }

            int state = Store(board, memory, intake, buffer, count);
            bool isSettled = state != CarryState.Broken && state != CarryState.Judging;
            if (isSettled)
            {
                board.Files.Delete(name);
            }

            return isSettled;
        }

        private static int Store(Board board, DoorMemory memory, BlobIntake intake, byte[] buffer, int count)
        {
            int state = intake.Take(buffer, 0, count, board.Clock.NowMs);
            for (int step = 0; state == CarryState.Judging && step < Limits.StepsOfOneList; step++)
            {
                memory.FlashStep(board.Clock.NowMs);
                state = intake.Settle();
            }

            return state;
        }
    }
}
