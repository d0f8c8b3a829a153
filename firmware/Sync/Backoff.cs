using DoorController.Hal;

namespace DoorController.Sync
{
    /// <summary>How long a sync that failed waits.</summary>
    public static class Backoff
    {
        /// <summary>15 s, doubled with each failure up to 15 min, less up to a quarter: doors that failed together do not come back together.</summary>
        /// <param name="failures">Failures in a row before this one.</param>
        /// <returns>Milliseconds.</returns>
        public static long After(int failures, IRandom random)
        {
            long wait = Limits.SyncBackoffMs;
            for (int i = 0; i < failures && wait < Limits.SyncBackoffMaxMs; i++)
            {
                wait *= 2;
            }

            if (wait > Limits.SyncBackoffMaxMs)
            {
                wait = Limits.SyncBackoffMaxMs;
            }

            byte[] jitter = new byte[1];
            random.Fill(jitter);
            return wait - wait * jitter[0] / 1024;
        }
    }
}
