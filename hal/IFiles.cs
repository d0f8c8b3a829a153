namespace DoorController.Hal
{
    /// <summary>
    /// The file system, as littlefs on the device has it: only closing a file makes it durable, a rename cannot replace a file,
    /// and a change inside a file copies it from the first changed byte to its end. Every call opens, acts and closes.
    /// No call throws: a failure is a return value, because every one of them is expected to happen in the life of a board. An adapter
    /// passes on what its file system answers; what makes true mean durable for the firmware is <see cref="CheckedFiles"/>.
    /// </summary>
    public interface IFiles
    {
        /// <summary>Length of a file in bytes; −1 when there is none.</summary>
        /// <param name="name">1 to 12 characters of a–z, 0–9 and '.'.</param>
        int Length(string name);

        /// <summary>Reads up to <paramref name="count"/> bytes from <paramref name="position"/> of a file.</summary>
        /// <returns>Bytes read (fewer at the end of the file); −1 when there is no such file or it cannot be read.</returns>
        int Read(string name, int position, byte[] buffer, int offset, int count);

        /// <summary>
        /// Writes bytes at <paramref name="position"/>, which is at most the present length; the file is created when there is
        /// none. Bytes behind them stay. Durable when this returns true.
        /// </summary>
        /// <returns>False when the disk is full or failed; the content is then the old or the new one.</returns>
        bool Write(string name, int position, byte[] buffer, int offset, int count);

        /// <summary>Replaces the whole content, creating the file when there is none. Durable when this returns true.</summary>
        /// <returns>False when the disk is full or failed; the content is then the old one, the new one, or (a new file) empty.</returns>
        bool Replace(string name, byte[] buffer, int offset, int count);

        /// <summary>Deletes a file.</summary>
        /// <returns>False when it is still there afterwards.</returns>
        bool Delete(string name);

        /// <summary>Names of all files of the firmware (system files left out), in no order.</summary>
        string[] List();
    }
}
