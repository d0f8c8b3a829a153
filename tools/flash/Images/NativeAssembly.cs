namespace DoorController.Flash.Images
{
    /// <summary>The native half of a library, by which the library and the firmware know whether they go together.</summary>
    /// <param name="Name">Name of the library's assembly; empty when it is not known.</param>
    /// <param name="Checksum">Checksum over its native methods.</param>
    internal sealed record NativeAssembly(string Name, uint Checksum)
    {
        /// <summary>Name of the core library, which no package's name says.</summary>
        public const string CoreLibrary = "mscorlib";
    }
}
