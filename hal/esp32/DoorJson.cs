#nullable enable
using System;
using System.Collections;
using System.Text;
using nanoFramework.Json;

namespace DoorController.Hal.Esp32
{
    /// <summary>
    /// Reads I:\door.json with nanoFramework.Json into names and values (PLATFORM.md 4: short strings and whole numbers only, the
    /// whole text at once). What they mean is checked by <see cref="SettingsFields"/>.
    /// </summary>
    public static class DoorJson
    {
        private const string FileName = "door.json";

        /// <summary>Longest file that is read, in bytes: the parser takes several times that.</summary>
        private const int MaxBytes = 1024;

        /// <summary>Reads the settings.</summary>
        /// <param name="floorsOfBoard">Floor selectors that the board has pins for.</param>
        /// <returns>The settings; in the safe state when the file is missing or bad.</returns>
        public static Settings Read(IFiles files, int floorsOfBoard)
        {
            int length = files.Length(FileName);
            if (length < 0)
            {
                return Settings.Safe("door.json: not there; wanted a file of at most " + MaxBytes.ToString() + " bytes");
            }

            if (length > MaxBytes)
            {
                return Settings.Safe("door.json: wanted at most " + MaxBytes.ToString() + " bytes, has " + length.ToString());
            }

            byte[] bytes = new byte[length];
            return files.Read(FileName, 0, bytes, 0, length) == length
                ? Parse(bytes, floorsOfBoard)
                : Settings.Safe("door.json: cannot be read");
        }

        private static Settings Parse(byte[] bytes, int floorsOfBoard)
        {
            try
            {
                string text = Encoding.UTF8.GetString(bytes, 0, bytes.Length);
                return JsonConvert.DeserializeObject(text, typeof(Hashtable)) is Hashtable fields
                    ? SettingsFields.Read(fields, floorsOfBoard)
                    : Settings.Safe("door.json: wanted one object, { }");
            }
            catch (Exception)
            {
                return Settings.Safe("door.json: is no JSON, or names a field twice");
            }
        }
    }
}
