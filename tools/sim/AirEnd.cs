using DoorController.Hal.Host;

namespace DoorController.Sim;

/// <summary>The end of the air at which a program stands for a phone: one operation after another, each as long as the firmware takes for it.</summary>
/// <param name="door">The door in reach.</param>
/// <param name="connectTries">Times 100 ms that a door which does not advertise is waited for.</param>
internal sealed class AirEnd(DeskDoor door, int connectTries = 30)
{
    private const int TryMs = 100;
    private const int SettleMs = 20;
    private const int LeaveMs = 50;

    /// <summary>What stands there for a phone.</summary>
    public VirtualPhone Phone { get; } = new(door.Host.Radio) { Interval = () => door.Run(VirtualPhone.IntervalMs) };

    /// <summary>True while the phone believes in its link.</summary>
    public bool IsConnected => Phone.IsConnected;

    /// <summary>Connects, after a link that there was.</summary>
    /// <returns>False when the door does not advertise.</returns>
    public bool Connect()
    {
        Leave();
        for (int i = 0; i < connectTries && !Phone.Connect(PhoneApp.UsualMtu); i++)
        {
            door.Run(TryMs);
        }

        door.Run(SettleMs);
        return Phone.IsConnected;
    }

    /// <summary>Goes away.</summary>
    public void Leave()
    {
        if (Phone.IsConnected)
        {
            Phone.Disconnect();
            door.Run(LeaveMs);
        }
    }

    /// <summary>Reads, or writes.</summary>
    /// <param name="characteristic">One of BleCharacteristic.</param>
    /// <param name="written">Null to read.</param>
    /// <returns>The ATT error, and what was read.</returns>
    public (int Error, byte[] Value) Operate(int characteristic, byte[]? written)
    {
        if (!Phone.IsConnected && !Connect())
        {
            return (AttError.Unlikely, []);
        }

        AttOperation operation = written == null ? Phone.Read(characteristic) : Phone.Write(characteristic, written);
        Phone.Wait(operation);
        door.Run(VirtualPhone.IntervalMs);
        return (operation.Error, operation.Value);
    }
}
