namespace DoorController.Hal
{
    /// <summary>The technician's serial line, 8-bit clean and non-blocking both ways.</summary>
    public interface ISerial
    {
        /// <summary>Takes what has come in.</summary>
        /// <returns>Bytes put into <paramref name="buffer"/>; 0 when there is nothing.</returns>
        int Read(byte[] buffer);

        /// <summary>Offers bytes for sending.</summary>
        /// <returns>Bytes accepted, 0 to <paramref name="count"/>: the rest is offered again later.</returns>
        int Write(byte[] buffer, int offset, int count);
    }
}
