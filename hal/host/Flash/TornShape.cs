namespace DoorController.Hal.Host
{
    /// <summary>How the write lands in which power goes away. Littlefs promises <see cref="Nothing"/> or <see cref="Whole"/> for a file that
    /// was there before; the others are what a worse flash may leave, and what the firmware has to live with.</summary>
    public enum TornShape
    {
        /// <summary>Nothing of it.</summary>
        Nothing,

        /// <summary>All of it, and power goes before the caller learns so.</summary>
        Whole,

        /// <summary>Its first bytes, and nothing behind them.</summary>
        Torn,

        /// <summary>Its first bytes, and behind them those of the old content.</summary>
        Mixed,

        /// <summary>Its first bytes, and noise behind them.</summary>
        Garbage,

        /// <summary>An empty file. Only where the file is new, or was replaced as a whole.</summary>
        Empty,
    }
}
