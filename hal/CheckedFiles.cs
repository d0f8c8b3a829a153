using System;

namespace DoorController.Hal
{
    /// <summary>
    /// The files that the firmware sees: what was written, replaced or deleted is looked at once it is closed. The file system of the board
    /// may say yes and keep the old content when its disk is full or failing (PLATFORM.md 5.2), so its own answer proves nothing. Bytes
    /// are compared and not checksums, because contents that end in their own CRC-32 have all the same one.
    /// </summary>
    public sealed class CheckedFiles : IFiles
    {
        private const int PieceBytes = 512;
        private const int WordBytes = 8;

        private readonly IFiles _files;

        /// <summary>Stands before the files of an adapter.</summary>
        public CheckedFiles(IFiles files)
        {
            _files = files;
        }

        /// <inheritdoc/>
        public int Length(string name)
        {
            return _files.Length(name);
        }

        /// <inheritdoc/>
        public int Read(string name, int position, byte[] buffer, int offset, int count)
        {
            return _files.Read(name, position, buffer, offset, count);
        }

        /// <inheritdoc/>
        public bool Write(string name, int position, byte[] buffer, int offset, int count)
        {
            return _files.Write(name, position, buffer, offset, count) && Holds(name, position, buffer, offset, count, false);
        }

        /// <inheritdoc/>
        public bool Replace(string name, byte[] buffer, int offset, int count)
        {
            return _files.Replace(name, buffer, offset, count) && Holds(name, 0, buffer, offset, count, true);
        }

        /// <inheritdoc/>
        public bool Delete(string name)
        {
            return _files.Delete(name) && _files.Length(name) < 0;
        }

        /// <inheritdoc/>
        public string[] List()
        {
            return _files.List();
        }

        /// <summary>One byte more than a piece is asked for, so that a longer file that was not replaced shows.</summary>
        private bool Holds(string name, int position, byte[] buffer, int offset, int count, bool isWhole)
        {
            byte[] read = new byte[(count < PieceBytes ? count : PieceBytes) + 1];
            int done = 0;
            do
            {
                int piece = count - done < PieceBytes ? count - done : PieceBytes;
                bool isLast = done + piece == count;
                int got = _files.Read(name, position + done, read, 0, piece + 1);
                if (got < piece || (isWhole && isLast && got > piece) || !AreSame(read, buffer, offset + done, piece))
                {
                    return false;
                }

                done += piece;
            }
            while (done < count);
            return true;
        }

        /// <summary>Eight bytes a step: the runtime is an interpreter, and a step costs some µs.</summary>
        private static bool AreSame(byte[] read, byte[] written, int offset, int count)
        {
            int at = 0;
            while (at + WordBytes <= count && BitConverter.ToUInt64(read, at) == BitConverter.ToUInt64(written, offset + at))
            {
                at += WordBytes;
            }

            while (at < count && read[at] == written[offset + at])
            {
                at++;
            }

            return at == count;
        }
    }
}
