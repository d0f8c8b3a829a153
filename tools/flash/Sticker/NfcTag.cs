using System;
using System.Text;

namespace DoorController.Flash.Sticker
{
    /// <summary>An address as an NFC tag holds it: one NDEF record of the type URI, in the form that every phone reads (NFC Forum, URI 1.0).</summary>
    internal static class NfcTag
    {
        /// <summary>Bytes that an NTAG213, the smallest of the usual tags, has for its user.</summary>
        public const int SmallTagBytes = 144;

        private const int LongestPayload = 255;
        private const byte OnlyRecord = 0xD1;
        private const byte TypeUri = 0x55;

        /// <summary>The record.</summary>
        /// <param name="address">Begins with http:// or https://, which is one byte on the tag.</param>
        /// <exception cref="FlashException">It is too long for a short record.</exception>
        public static byte[] Record(Uri address)
        {
            string text = address.AbsoluteUri;
            byte begin = address.Scheme == Uri.UriSchemeHttps ? (byte)4 : (byte)3;
            byte[] rest = Encoding.UTF8.GetBytes(text[(address.Scheme.Length + Uri.SchemeDelimiter.Length)..]);
            return rest.Length < LongestPayload
                ? [OnlyRecord, 1, (byte)(rest.Length + 1), TypeUri, begin, .. rest]
                : throw FlashException.Input($"--public-url makes an address of {text.Length} characters", $"a tag takes {LongestPayload}: give a shorter one");
        }

        /// <summary>Bytes that a record takes on a tag: with its type and length, which from 255 bytes on are four bytes and not two, and the terminator.</summary>
        public static int BytesOnTag(byte[] record)
        {
            return record.Length + (record.Length < LongestPayload ? 3 : 5);
        }
    }
}
