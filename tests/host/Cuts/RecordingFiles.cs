using System;
using System.Collections.Generic;
using DoorController.Hal;

namespace DoorController.Tests.Cuts
{
    /// <summary>Files in RAM that write down which of them is written or deleted, in order. A deleted one has a minus before its name.</summary>
    internal sealed class RecordingFiles : IFiles
    {
        private readonly MemoryFiles _files = new();

        /// <summary>Names so far, the slots of a slot file without their letter.</summary>
        public List<string> Written { get; } = new();

        /// <summary>Called after each write, with the name of the file.</summary>
        public Action<string> OnWritten { get; set; } = _ => { };

        public int Length(string name) => _files.Length(name);

        public int Read(string name, int position, byte[] buffer, int offset, int count) => _files.Read(name, position, buffer, offset, count);

        public bool Write(string name, int position, byte[] buffer, int offset, int count) =>
            Note(_files.Write(name, position, buffer, offset, count), name);

        public bool Replace(string name, byte[] buffer, int offset, int count) => Note(_files.Replace(name, buffer, offset, count), name);

        public bool Delete(string name)
        {
            bool isThere = Length(name) >= 0;
            bool isDone = _files.Delete(name);
            return isThere ? Note(isDone, "-" + name) : isDone;
        }

        public string[] List() => _files.List();

        /// <summary>What was written since the last call.</summary>
        public string[] Take()
        {
            string[] written = [.. Written];
            Written.Clear();
            return written;
        }

        private bool Note(bool isDone, string name)
        {
            Written.Add(name.Split('.')[0]);
            OnWritten(name);
            return isDone;
        }
    }
}
