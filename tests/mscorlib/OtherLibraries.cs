#nullable enable
using System;
using DoorController.Wire;

// The two types that the portable sources take from packages which not every NuGet source has. Declarations only: nothing here is ever run.
namespace System.Text
{
    /// <summary>Of nanoFramework.System.Text.</summary>
    public class Encoding
    {
        /// <summary>The one encoding.</summary>
        public static Encoding UTF8
        {
            get { throw new NotImplementedException(); }
        }

        /// <summary>Bytes of a text.</summary>
        public byte[] GetBytes(string s)
        {
            throw new NotImplementedException();
        }

        /// <summary>Bytes of a part of a text, into an array.</summary>
        public int GetBytes(string s, int charIndex, int charCount, byte[] bytes, int byteIndex)
        {
            throw new NotImplementedException();
        }

        /// <summary>Text of bytes.</summary>
        public string GetString(byte[] bytes, int index, int count)
        {
            throw new NotImplementedException();
        }
    }
}

namespace System.Collections
{
    /// <summary>Of nanoFramework.System.Collections.</summary>
    public class Hashtable
    {
        /// <summary>Number of entries.</summary>
        public int Count
        {
            get { throw new NotImplementedException(); }
        }

        /// <summary>Keys.</summary>
        public ICollection Keys
        {
            get { throw new NotImplementedException(); }
        }

        /// <summary>The entry of a key.</summary>
        public object? this[object key]
        {
            get { throw new NotImplementedException(); }
            set { throw new NotImplementedException(); }
        }

        /// <summary>True when there is an entry of a key.</summary>
        public bool Contains(object key)
        {
            throw new NotImplementedException();
        }
    }
}
