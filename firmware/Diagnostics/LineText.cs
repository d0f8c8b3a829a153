using System;

namespace DoorController.Diagnostics
{
    /// <summary>Numbers and times as the console shows them.</summary>
    public static class LineText
    {
        private const string Digits = "0123456789abcdef";

        /// <summary>Bytes as lower-case hex digits, two each.</summary>
        public static string Hex(byte[] data, int offset, int count)
        {
            char[] text = new char[2 * count];
            for (int i = 0; i < count; i++)
            {
                text[2 * i] = Digits[data[offset + i] >> 4];
                text[2 * i + 1] = Digits[data[offset + i] & 15];
            }

            return new string(text);
        }

        /// <summary>A scope id as 6 hex digits.</summary>
        public static string Scope(int scopeId)
        {
            return Hex(new byte[] { (byte)(scopeId >> 16), (byte)(scopeId >> 8), (byte)scopeId }, 0, 3);
        }

        /// <summary>Unix seconds as date and time in UTC; "never" for 0.</summary>
        public static string Time(uint unixSeconds)
        {
            return unixSeconds == 0 ? "never" : new DateTime(1970, 1, 1).AddSeconds(unixSeconds).ToString("yyyy-MM-dd HH:mm:ss");
        }

        /// <summary>A stretch of time in its two largest units, such as "29 d 23 h".</summary>
        public static string Duration(long seconds)
        {
            if (seconds >= 86400)
            {
                return (seconds / 86400).ToString() + " d " + (seconds % 86400 / 3600).ToString() + " h";
            }

            if (seconds >= 3600)
            {
                return (seconds / 3600).ToString() + " h " + (seconds % 3600 / 60).ToString() + " min";
            }

            return seconds >= 60 ? (seconds / 60).ToString() + " min " + (seconds % 60).ToString() + " s" : seconds.ToString() + " s";
        }

        /// <summary>Reads a whole number from 0 to 4,294,967,295.</summary>
        /// <returns>False when the text is none.</returns>
        public static bool TryNumber(string text, out uint value)
        {
            value = 0;
            ulong number = 0;
            for (int i = 0; i < text.Length; i++)
            {
                int digit = text[i] - '0';
                number = number * 10 + (ulong)digit;
                if (digit < 0 || digit > 9 || number > uint.MaxValue)
                {
                    return false;
                }
            }

            value = (uint)number;
            return text.Length > 0;
        }
    }
}
