namespace DoorController.Hal
{
    /// <summary>True random bytes. On the ESP32 they are only that while a radio is on.</summary>
    public interface IRandom
    {
        /// <summary>Fills the whole of <paramref name="buffer"/> with random bytes.</summary>
        void Fill(byte[] buffer);
    }
}
